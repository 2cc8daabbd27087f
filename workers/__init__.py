"""What goes out: policies that find what somebody should know, and the delivery of it."""
