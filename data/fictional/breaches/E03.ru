# In the format a theme is one of the code list.
PREFIX lsp: <https://w3id.org/lsp/ont#>

INSERT { GRAPH ?record { ?subPartnership lsp:theme <scheme/theme/nowhere> } }
WHERE {
  VALUES ?subPartnership { <id/sub-partnership/F06000001-economy> }
  GRAPH ?record { ?subPartnership lsp:theme ?theme }
}
