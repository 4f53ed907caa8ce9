"""wfp_prices: prices of the World Food Programme."""
