"""The review desk: a local page where a person decides, and the HTTP API behind it.

Listens on 127.0.0.1 only and takes nothing from any network. Stands on the case (`triage`,
`verdicts`) and on `matcher`; what a finding looks like is `report`'s. Wants the extra ``web``.
"""
