"""View values to text, HTML, SVG and PDF."""
