"""Addresses of the person's account, under their own names: an explicit list in place of ``allauth.urls``.

What this portal does not use (sign-up by allauth, change of e-mail, code by e-mail) is not routed at all.
"""

from __future__ import annotations

from django.urls import path, re_path

from contas.views import cadastro, conta, dados, entrar

urlpatterns = [
    path("entrada/", conta.entrada, name="entrada"),
    path("conta/", conta.conta, name="conta"),
    path("conta/dados/", dados.dados, name="conta_dados"),
    path("conta/email/", dados.email, name="conta_email"),
    path("conta/email/confirmar/", dados.email_novo, name="conta_email_novo"),
    path("conta/email/confirmar/<str:token>/", dados.email_novo, name="conta_email_novo"),
    path("conta/trocar-vinculo/", conta.trocar_vinculo, name="trocar_vinculo"),
    path("conta/prefeitura/<int:codigo>/", cadastro.prefeitura, name="conta_prefeitura"),
    path("conta/cadastro/", cadastro.cadastrar, name="account_signup"),
    path("conta/cadastro/confirmar/", cadastro.confirmar_cadastro, name="conta_confirmar_cadastro"),
    path("conta/ativar/", cadastro.ativar, name="conta_ativar"),
    path("conta/convite/", cadastro.convite, name="conta_convite"),
    path("conta/cadastro/confirmar/<str:token>/", cadastro.confirmar_cadastro, name="conta_confirmar_cadastro"),
    path("conta/ativar/<str:token>/", cadastro.ativar, name="conta_ativar"),
    path("conta/convite/<str:token>/", cadastro.convite, name="conta_convite"),
    path("conta/entrar/", entrar.entrar, name="account_login"),
    path("conta/sair/", entrar.sair, name="account_logout"),
    path("conta/inativa/", entrar.conta_inativa, name="account_inactive"),
    path("conta/confira-seu-email/", cadastro.confira_seu_email, name="account_email_verification_sent"),
    path("conta/confirmar-email/<str:key>/", entrar.confirmar_email, name="account_confirm_email"),
    path("conta/confirmar-acesso/", entrar.confirmar_acesso, name="account_reauthenticate"),
    path("conta/senha/", entrar.trocar_senha, name="account_change_password"),
    path("conta/senha/recuperar/", entrar.recuperar_senha, name="account_reset_password"),
    path("conta/senha/recuperar/pedido/", entrar.recuperar_pedido, name="account_reset_password_done"),
    path("conta/senha/nova/pronta/", entrar.nova_senha_pronta, name="account_reset_password_from_key_done"),
    re_path(
        r"^conta/senha/nova/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        entrar.nova_senha,
        name="account_reset_password_from_key",
    ),
    path("conta/segundo-fator/", entrar.fator, name="mfa_index"),
    path("conta/segundo-fator/entrar/", entrar.fator_entrada, name="mfa_authenticate"),
    path("conta/segundo-fator/confirmar/", entrar.fator_confirmar, name="mfa_reauthenticate"),
    path("conta/segundo-fator/aplicativo/ligar/", entrar.aplicativo_ligar, name="mfa_activate_totp"),
    path("conta/segundo-fator/aplicativo/desligar/", entrar.aplicativo_desligar, name="mfa_deactivate_totp"),
    path("conta/segundo-fator/codigos/", entrar.codigos_ver, name="mfa_view_recovery_codes"),
    path("conta/segundo-fator/codigos/gerar/", entrar.codigos_gerar, name="mfa_generate_recovery_codes"),
    path("conta/segundo-fator/codigos/baixar/", entrar.codigos_baixar, name="mfa_download_recovery_codes"),
    path("conta/segundo-fator/chaves/", entrar.chaves, name="mfa_list_webauthn"),
    path("conta/segundo-fator/chaves/incluir/", entrar.chave_incluir, name="mfa_add_webauthn"),
    path("conta/segundo-fator/chaves/<int:pk>/retirar/", entrar.chave_retirar, name="mfa_remove_webauthn"),
    path("conta/segundo-fator/chaves/<int:pk>/nome/", entrar.chave_nomear, name="mfa_edit_webauthn"),
    path("conta/segundo-fator/chaves/confirmar/", entrar.chave_confirmar, name="mfa_reauthenticate_webauthn"),
    path("conta/segundo-fator/chaves/entrar/", entrar.chave_entrar, name="mfa_login_webauthn"),
    path("conta/sessoes/", entrar.sessoes, name="usersessions_list"),
]
