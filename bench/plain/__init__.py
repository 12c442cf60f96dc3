"""What a plain Django REST framework endpoint would be: a model, a serializer, one insert.

Only for comparison: enabled by ``bench.http_settings`` and never in the product.
"""
