"""From the document to torch: modules, shapes and costs, checking, and code."""
