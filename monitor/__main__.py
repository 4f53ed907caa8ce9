"""`python -m monitor` and the `heatwatch` command."""

from monitor.cli.main import main

if __name__ == "__main__":
    main()
