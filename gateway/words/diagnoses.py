"""What a diagnosis says in words: of the doctor's own table, of `check`, or of the faults that a gateway tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.language import Language, Said
from gateway.words import doctor, faults, incidents, mistakes, status

OF = Said("{of}: {what}", "{of}：{what}")
DEVICE = Said("{what} ({device})", "{what}（{device}）")


def what(code: str, facts: Mapping[str, object], language: Language, of: str = "") -> str:
    """One sentence: what it means, and what to do."""
    said = _said(code, facts, language)
    return OF.of(language).format(of=of, what=said) if of else said


def _said(code: str, facts: Mapping[str, object], language: Language) -> str:
    if "device" in facts:  # a fault as the running gateway tells it
        said = _of_fault(code, language).format_map(facts)
        return DEVICE.of(language).format(what=said, device=device) if (device := _device(code, facts, language)) else said
    if code in doctor.WORDS:
        known = {name: fact.of(language) if isinstance(fact, Said) else fact for name, fact in facts.items()}
        return doctor.WORDS[code].of(language).format_map(known)
    return mistakes.what(code, facts, language)


def _device(fault: str, facts: Mapping[str, object], language: Language) -> str:
    return incidents.device(fault, str(facts["device"]), language)


def _of_fault(code: str, language: Language) -> str:
    if code in faults.FAULTS:
        return faults.FAULTS[code].of(language)
    stream = code.rpartition(" ")[2]
    words = next((words for start, words in status.FAULTS.items() if code.startswith(start)), None)
    return words.of(language).replace("{stream}", stream) if words else code
