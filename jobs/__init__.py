"""Work that is done after the answer has left: jobs, the outbox, what is swept, and the worker that does it.

What acts put in stands in `tables.queue`, beside its tables; here is what takes it out.
"""
