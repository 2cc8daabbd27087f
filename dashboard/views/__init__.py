"""One file a page: it asks `dashboard.data` and shows the answer."""
