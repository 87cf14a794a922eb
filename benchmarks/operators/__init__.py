"""Operators that only evaluations may use; those that a fit may see are the product's own.

`framematch.calibration.operators` holds the latter. What lies here is never fitted on: neither the
product nor `benchmarks.calibration` imports it.
"""
