"""What tests of every area share: the environment, the cast, the browser."""
