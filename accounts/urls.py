from django.urls import path

from accounts.api import FactorView, LogoutView, TokenView

urlpatterns = [
    path("auth/token", TokenView.as_view(), name="auth-token"),
    path("auth/factor", FactorView.as_view(), name="auth-factor"),
    path("auth/logout", LogoutView.as_view(), name="auth-logout"),
]
