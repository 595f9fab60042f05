"""FHIR R4 in and out: what a clinic's record system sends becomes rows; docs/fhir.md says what maps to what."""
