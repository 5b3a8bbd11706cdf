"""How good a trained model is: predictions, metrics, and where it errs."""
