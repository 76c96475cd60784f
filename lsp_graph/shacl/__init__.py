"""
SHACL, Core and SPARQL: shapes as queries, each over all focus nodes at once.

    read_shapes(graph)        ->  Shapes, or the problems that make them unusable
    validate(shapes, select)  ->  results;   report(results)  ->  a `sh:ValidationReport`

`select` is whatever asks the data a SPARQL 1.1 SELECT query: a view of the embedded store, an endpoint.
Source: Shapes Constraint Language (SHACL), W3C Recommendation 20 July 2017.
"""

from lsp_graph.shacl.model import Shape, Shapes
from lsp_graph.shacl.read import read_shapes
from lsp_graph.shacl.results import Branch, ValidationResult, report
from lsp_graph.shacl.terms import Select
from lsp_graph.shacl.validate import Validation, validate

__all__ = [
    "Branch",
    "Select",
    "Shape",
    "Shapes",
    "Validation",
    "ValidationResult",
    "read_shapes",
    "report",
    "validate",
]
