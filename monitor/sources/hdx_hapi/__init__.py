"""hdx_hapi: the HDX Humanitarian API."""
