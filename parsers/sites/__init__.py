"""Publishers whose pages need more than their platform's layouts: one module each, found by walking this folder."""
