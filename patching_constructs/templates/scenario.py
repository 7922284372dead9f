"""What is assumed where a template leaves a condition open."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MAX_SCENARIOS = 32
"""Our own limit: with more open questions not every combination is looked at, but every answer is."""


@dataclass(frozen=True, slots=True)
class Question:
    """A value that decides a condition and that no template states.

    Attributes:
        words: What it is, such as "parameter Stage".
        answers: The values that make a difference, and None for all others if there are others.
    """

    words: str
    answers: tuple[str | None, ...]

    def assume(self, answer: str | None) -> str:
        """Say the assumption in words."""
        if answer is not None:
            return f"{self.words} is {answer!r}"
        named = " or ".join(repr(other) for other in self.answers if other is not None)
        return f"{self.words} is not {named}"


class OpenQuestionError(Exception):
    """A question whose answer is needed and not assumed yet. It never leaves the room."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.words)
        self.question = question


@dataclass(frozen=True, slots=True)
class Scenario:
    """Assumed answers, by the words of their questions.

    Attributes:
        answers: The answers.
        questions: The questions.
        is_final: Whether no further question is asked, so that the first answer is taken for it.
    """

    answers: Mapping[str, str | None] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)
    is_final: bool = False

    def answer(self, question: Question) -> str | None:
        """Return the assumed answer.

        Raises:
            OpenQuestionError: If none is assumed.
        """
        if question.words in self.answers:
            return self.answers[question.words]
        if self.is_final:
            return question.answers[0]
        raise OpenQuestionError(question)

    def branch(self, question: Question) -> Iterator["Scenario"]:
        """Yield one scenario for each answer to one more question."""
        for answer in question.answers:
            yield Scenario(
                {**self.answers, question.words: answer}, {**self.questions, question.words: question}
            )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions in words."""
        return tuple(self.questions[words].assume(answer) for words, answer in self.answers.items())


def merge_questions(questions: Iterable[Question]) -> list[Question]:
    """Return each question once, with the answers that it has anywhere."""
    answers: dict[str, dict[str | None, None]] = {}
    for question in questions:
        answers.setdefault(question.words, {}).update(dict.fromkeys(question.answers))
    return [
        Question(words, tuple(sorted(found, key=lambda answer: (answer is None, answer or ""))))
        for words, found in answers.items()
    ]


def combinations(questions: Sequence[Question]) -> tuple[list[Scenario], bool]:
    """Return scenarios that together hold every answer, and whether they are all combinations."""
    by_words = {question.words: question for question in questions}
    count = 1
    for question in questions:
        count *= len(question.answers)
    if count <= MAX_SCENARIOS:
        rows: Iterator[tuple[str | None, ...]] = itertools.product(
            *(question.answers for question in questions)
        )
    else:
        longest = max(len(question.answers) for question in questions)
        rows = (
            tuple(question.answers[index % len(question.answers)] for question in questions)
            for index in range(longest)
        )
    return [
        Scenario(dict(zip(by_words, row, strict=True)), by_words, is_final=True) for row in rows
    ], count <= MAX_SCENARIOS
