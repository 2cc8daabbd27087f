"""What programs are told, as JSON: the same on the command line, over HTTP and to an assistant."""
