"""What the pages ask, answered from the home's store; beside `dashboard.data` the only way down."""
