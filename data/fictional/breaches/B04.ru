# The format has no column for a statutory basis of the partnership itself.
PREFIX lsp: <https://w3id.org/lsp/ont#>

INSERT { GRAPH ?record { ?partnership lsp:statutoryBasis <http://www.legislation.gov.uk/id/ukpga/2000/22/section/4> } }
WHERE {
  VALUES ?partnership { <id/lsp/F06000001> }
  GRAPH ?record { ?partnership a lsp:LocalStrategicPartnership }
}
