# In the format every row cites a document.
PREFIX lsp: <https://w3id.org/lsp/ont#>

DELETE { GRAPH ?record { ?membership lsp:evidence ?evidence } }
WHERE {
  VALUES ?membership { <id/membership/F10000001/district-dunmarrow> }
  GRAPH ?record { ?membership lsp:evidence ?evidence }
}
