"""The five outcomes: rubric, baseline, target, evidence, verification, level reached."""
