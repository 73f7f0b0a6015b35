"""Stub providers on real sockets: they speak the streaming formats exactly and are driven step by step."""

from tests.providers.answers import Answer, Refuse, Say, Think, Use, answer
from tests.providers.formats import FORMATS
from tests.providers.rules import RuleStub
from tests.providers.stub import Stub

__all__ = ["FORMATS", "Answer", "Refuse", "RuleStub", "Say", "Stub", "Think", "Use", "answer"]
