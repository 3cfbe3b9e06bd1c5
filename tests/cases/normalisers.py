"""Every function that makes sense of what a sender wrote: without one of them a case turns red.

``module:function`` → what stands in for it, and the case that must then turn red. ``same`` gives
the first argument back, ``none`` None, ``false`` False, ``empty`` an empty list.
"""

NORMALISERS: dict[str, tuple[str, str]] = {
    "pipelines.intake.privacy:is_personal_header": ("false", "X80"),
    "pipelines.intake.privacy:is_secret_mark": ("false", "X81"),
    "pipelines.intake.privacy:names_denouncer": ("false", "X82"),
    "pipelines.catalogue.period_words:period_of": ("none", "X34"),
    "pipelines.intake.header:header_facts": ("empty", "T19"),
    "pipelines.intake.header_check:period_in_name": ("none", "T34"),
    "pipelines.places.spelling:accented_key": ("same", "T41"),
    "pipelines.places.spelling:bare_key": ("same", "T20"),
    "pipelines.places.spelling:strip_body": ("same", "T20"),
    "pipelines.places.succession:successors": ("empty", "T24"),
}
