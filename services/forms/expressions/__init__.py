"""XLSForm expressions: parsed, resolved against a document and compiled to closures.

The semantics are those of the ODK reference engine, JavaRosa 5.1: see `values`.
"""

from services.forms.expressions.codes import Code
from services.forms.expressions.compiling import compile_expression
from services.forms.expressions.contexts import Context, Scope
from services.forms.expressions.syntax import ExpressionError

__all__ = ["Code", "Context", "ExpressionError", "Scope", "compile_expression"]
