"""A function that carries out a command a person typed: what it returned, for that person.

It does not call functions, and knows nothing of who does.
"""

from _agentcard_hook import Contextual
from _agentcard_values import shortened, text


class Command(Contextual):
    def written(self, positional, value):
        return shortened(text(value))
