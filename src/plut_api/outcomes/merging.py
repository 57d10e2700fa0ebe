"""Outcomes and evidence hang on their enrolment, and go where it goes; an outcome also names its business."""

from plut_api.kit.merging import Of, moves

moves("outcomes.actor_id", of=Of.actors)
moves("system_facts.actor_id", of=Of.actors)
