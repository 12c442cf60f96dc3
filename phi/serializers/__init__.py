"""The bodies of the API's calls."""
