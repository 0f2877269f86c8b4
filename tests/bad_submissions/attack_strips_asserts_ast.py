# title: an AST transformer strips every assert and every `with`
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import ast


class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_With(self, node):
        return ast.copy_location(ast.Pass(), node)


get_ipython().ast_transformers.append(Strip())
