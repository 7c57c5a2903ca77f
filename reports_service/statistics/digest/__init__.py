"""The weekly digest: what leaders and heads should look at, by mail on Monday morning."""
