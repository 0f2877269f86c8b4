"""The experiments of units 08 to 12 for the registry, gathered from one module for each group of units."""

from tlcourse.research import going_on, people_and_frontiers, text_and_pipeline

SETTINGS = text_and_pipeline.SETTINGS | people_and_frontiers.SETTINGS | going_on.SETTINGS
