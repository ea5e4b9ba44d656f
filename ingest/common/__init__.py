"""What every room may use: the log, errors that a user can mend, the project's folders."""
