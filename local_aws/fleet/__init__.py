"""Nodes and patches of the local AWS, with windows that fire on a simulated clock.

It is a model of Patch Manager, made from its documentation: it proves what the code around it does with what
AWS says, not what AWS does.
"""
