"""
Records that are handed in: what they would change, and how they come to be part of the graph.

    files + submitter  ->  Plan: one change, with all that follows from it  ->  a version, or none where nothing is new
"""

from lsp_graph.intake.accept import accept
from lsp_graph.intake.clashes import Clash
from lsp_graph.intake.plan import Plan, Received, plan
from lsp_graph.intake.receipt import Receipt

__all__ = ["Clash", "Plan", "Receipt", "Received", "accept", "plan"]
