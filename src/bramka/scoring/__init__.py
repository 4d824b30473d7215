"""The request/response service (RRS): wire formats, errors, swagger, help."""
