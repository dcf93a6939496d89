"""One statement, one setting, one verdict: both sides, their certified comparison, records and witnesses."""
