"""Claims about the ontology."""
