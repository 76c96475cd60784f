"""`python -m lsp_graph` is the same as the `lsp-graph` command."""

from lsp_graph.cli import main

if __name__ == "__main__":
    main()
