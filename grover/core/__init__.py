"""What every app stands on: databases, ids, pages, errors, jobs, limits. Knows no app."""
