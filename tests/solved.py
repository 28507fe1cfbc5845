"""Goals, solved."""

from lstm_book.explorers.goals import start_of


def solution_of(goal):
    """Give every value where the stored solution of a goal lies."""
    return {**start_of(goal), **goal["solution"]}
