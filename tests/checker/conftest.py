"""Settings of the checker's tests, which need nothing of ``implicitreg_sym``."""

from hypothesis import settings

settings.register_profile("checker", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("checker")
