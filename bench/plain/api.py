from rest_framework import generics, serializers

from bench.plain.models import PlainEvent


class PlainEventSerializer(serializers.ModelSerializer):
    severity = serializers.ChoiceField(["INFO", "WARNING", "ERROR", "CRITICAL"], default="INFO")

    class Meta:
        model = PlainEvent
        fields = "id event_type action user_id details severity occurred_at".split()


class PlainView(generics.CreateAPIView):
    """With the product's own authentication, scopes and rate limit."""

    required_scopes = {"POST": "audit:write"}
    serializer_class = PlainEventSerializer
    queryset = PlainEvent.objects.all()


class OpenView(PlainView):
    """Open to everybody: not even a credential is looked up."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
