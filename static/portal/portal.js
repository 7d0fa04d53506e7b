// Portal INTRAGOV: progressive enhancement only. Every page works without this file.
// No personal data is ever written to the browser's storage: drafts wait in memory and go to the server (seguranca.md B1.5, settled question 7).

const todos = (seletor, raiz = document) => [...raiz.querySelectorAll(seletor)];
const elemento = (nome, atributos = {}, ...filhos) => {
  const novo = document.createElement(nome);
  for (const [chave, valor] of Object.entries(atributos)) novo.setAttribute(chave, valor);
  novo.append(...filhos);
  return novo;
};

// --- CSRF: the cookie is HttpOnly; the token is in the form or in the page's meta --------------------------------------
function tokenDe(formulario) {
  const campo = formulario?.querySelector("input[name=csrfmiddlewaretoken]") ?? document.querySelector("input[name=csrfmiddlewaretoken]");
  return campo?.value ?? document.querySelector("meta[name=csrf]")?.content ?? "";
}

// After a new login in another tab the secret changed: take the token of a fresh copy of this page.
async function renovarToken() {
  const resposta = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" }, cache: "no-store" });
  if (!resposta.ok) return false;
  const pagina = new DOMParser().parseFromString(await resposta.text(), "text/html");
  const token = pagina.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? pagina.querySelector("meta[name=csrf]")?.content;
  if (!token) return false;
  todos("input[name=csrfmiddlewaretoken]").forEach((campo) => { campo.value = token; });
  const meta = document.querySelector("meta[name=csrf]");
  if (meta) meta.content = token;
  return true;
}

document.addEventListener("htmx:configRequest", (evento) => {
  evento.detail.headers["X-CSRFToken"] = tokenDe(evento.target.closest("form"));
  // Progress polling keeps no idle session alive.
  if (!evento.detail.triggeringEvent) evento.detail.headers["X-Sem-Atividade"] = "1";
});

// --- A notice that stays in sight, over the page and never pushing it: what was typed is still here, but not yet saved -----
const fixo = { caixa: null };
function avisar(texto, ...resto) {
  if (!fixo.caixa) {
    fixo.caixa = elemento("div", { class: "ig-aviso-fixo", role: "alert" });
    document.body.append(fixo.caixa);
  }
  if (fixo.texto !== texto) fixo.caixa.replaceChildren(elemento("p", {}, texto, ...resto));
  fixo.texto = texto;
  fixo.caixa.hidden = false;
}
function calar() {
  if (!fixo.caixa) return;
  fixo.caixa.hidden = true;
  fixo.caixa.replaceChildren();
  fixo.texto = "";
}
function entrarEmOutraAba() {
  const entrar = document.body.dataset.entrar ?? "/conta/entrar/";
  const alvo = `${entrar}?next=${encodeURIComponent(location.pathname)}`;
  return elemento("a", { href: alvo, target: "_blank", rel: "noopener" }, "Entrar em outra aba");
}

// --- Parts of a page swapped by htmx: nothing is swapped for a login page or an error; the focus stays where the person is ---
const SEM_SESSAO = "Sua sessão terminou. Entre de novo em outra aba e repita aqui: o que você digitou continua nesta página. ";
document.addEventListener("htmx:beforeSwap", (evento) => {
  const { xhr, requestConfig, target } = evento.detail;
  if (requestConfig.triggeringEvent === undefined || !target.id || xhr.status >= 500) return;
  if (evento.detail.shouldSwap && !xhr.responseText.includes(`id="${target.id}"`)) {
    evento.detail.shouldSwap = false;
    avisar(SEM_SESSAO, entrarEmOutraAba());
  } else if (evento.detail.shouldSwap) calar();
});
document.addEventListener("htmx:responseError", async (evento) => {
  const { xhr, requestConfig } = evento.detail;
  if (requestConfig.triggeringEvent === undefined) return;
  if (xhr.status === 401) avisar(SEM_SESSAO, entrarEmOutraAba());
  else if (xhr.status === 403 && await renovarToken().catch(() => false)) avisar("Repita, por favor: você entrou de novo e esta página acabou de ser renovada.");
  else if (xhr.status === 409) avisar("O processo mudou depois que você abriu esta página. Nada foi salvo agora. ", elemento("a", { href: location.pathname + location.search }, "Abrir de novo"));
  else avisar("O portal não conseguiu salvar. O que você digitou continua nesta página. Tente de novo.");
});
document.addEventListener("htmx:sendError", (evento) => {
  if (evento.detail.requestConfig.triggeringEvent !== undefined) avisar("Sem conexão. O que você digitou continua nesta página. Tente de novo.");
});
document.addEventListener("htmx:afterSettle", (evento) => {
  const linha = evento.target;
  if (!linha.matches?.("[data-linha-da-conferencia]")) return;
  const errado = linha.querySelector("[aria-invalid=true]");
  if (errado) errado.focus();
  else if (!linha.contains(document.activeElement)) linha.querySelector("button, a")?.focus();
});

// --- Error summary ------------------------------------------------------------------------------------------------------
document.querySelector("[data-erros]")?.focus();

// An address that points at a field puts the person in it.
function irAoCampo() {
  const alvo = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (!alvo?.matches("input, select, textarea")) return;
  const dobra = alvo.closest("details");
  if (dobra) dobra.open = true;
  alvo.focus();
}
irAoCampo();
window.addEventListener("hashchange", irAoCampo);

// --- Menus: Escape and a click outside close them -----------------------------------------------------------------------
const menus = todos("details[data-menu]");
document.addEventListener("click", (evento) => menus.forEach((menu) => { if (!menu.contains(evento.target)) menu.open = false; }));
document.addEventListener("keydown", (evento) => {
  if (evento.key !== "Escape") return;
  const aberto = menus.find((menu) => menu.open);
  if (aberto) { aberto.open = false; aberto.querySelector("summary").focus(); }
});

// --- Double submit: the second click waits; the one-time key of the form is the real fence ------------------------------
document.addEventListener("submit", (evento) => {
  const formulario = evento.target;
  if (formulario.method !== "post" || evento.defaultPrevented) return;
  if (formulario.dataset.enviando) { evento.preventDefault(); return; }
  formulario.dataset.enviando = "sim";
  const botao = evento.submitter;
  setTimeout(() => botao?.setAttribute("aria-busy", "true"));
  setTimeout(() => liberar(formulario), 8000);
});
function liberar(formulario) {
  delete formulario.dataset.enviando;
  todos("[aria-busy]", formulario).forEach((botao) => botao.removeAttribute("aria-busy"));
}
window.addEventListener("pageshow", () => todos("form[data-enviando]").forEach(liberar));

// --- Unsaved changes ----------------------------------------------------------------------------------------------------
const sujos = new Set();
window.addEventListener("beforeunload", (evento) => { if ([...sujos].some(sujo)) evento.preventDefault(); });
document.addEventListener("input", (evento) => {
  const formulario = evento.target.closest("form[data-avisa-saida]");
  if (formulario) sujos.add(formulario);
});
document.addEventListener("submit", (evento) => { if (!evento.defaultPrevented) sujos.delete(evento.target); });
// A form whose parts are saved one by one (data-compara) is dirty while some field differs from what came in the page.
function sujo(formulario) {
  if (!("compara" in formulario.dataset)) return true;
  return [...formulario.elements].some(diferente);
}
const DIGITAVEIS = new Set(["textarea", "text", "email", "tel", "date", "number"]);
function diferente(campo) {
  if (campo.type === "checkbox" || campo.type === "radio") return campo.checked !== campo.defaultChecked;
  if (campo.tagName === "SELECT") return [...campo.options].some((o) => o.selected !== o.defaultSelected && !(o.selected && o.index === 0));
  return DIGITAVEIS.has(campo.type) && campo.value !== campo.defaultValue;
}

// --- Drafts: <form data-rascunho="URL">, answer {"salvo_em": "14h32", "versao": 7} or {"conflito": true, "mensagem": …} --
const ESPERAS = [2, 4, 8, 15, 30];

class Rascunho {
  constructor(formulario) {
    this.formulario = formulario;
    this.endereco = formulario.dataset.rascunho;
    this.estado = formulario.querySelector("[data-rascunho-estado]");
    if (!this.estado) {
      this.estado = elemento("p", { class: "ig-rascunho" });
      formulario.append(this.estado);
    }
    this.estado.setAttribute("role", "status");
    this.falhas = 0;
    this.parado = false;
    this.mudou = false;
    formulario.addEventListener("input", (evento) => { if (evento.target.type !== "file") this.agendar(1500); });
    formulario.addEventListener("change", (evento) => { if (evento.target.type !== "file") this.agendar(300); });
    formulario.addEventListener("linhas", () => this.agendar(300));
    // Capture: before the fence of the double submit, so that a held-back sending does not count as one.
    document.addEventListener("submit", (evento) => { if (evento.target === formulario) this.aoEnviar(evento); }, true);
    window.addEventListener("online", () => this.tentarJa());
    window.addEventListener("focus", () => this.tentarJa());
    window.addEventListener("pagehide", () => { if (this.mudou && !this.parado) this.pedido(true).catch(() => {}); });
    // On a slow computer somebody types before this script runs: those events came and went.
    if ([...formulario.elements].some(diferente)) this.agendar(1500);
  }

  agendar(ms) {
    if (this.parado) return;
    this.mudou = true;
    sujos.add(this.formulario);
    if (this.falhas) return;
    clearTimeout(this.relogio);
    this.relogio = setTimeout(() => this.salvar(), ms);
  }

  tentarJa() {
    if (!this.falhas || this.parado) return;
    clearTimeout(this.relogio);
    this.salvar();
  }

  aoEnviar(evento) {
    if (this.falhas && this.mudou && !this.parado) {
      // Sending now would lose the text on a login page or an error page of the network.
      // The click goes on as soon as the text is saved.
      evento.preventDefault();
      this.continuar = { botao: evento.submitter };
      this.tentarJa();
      return;
    }
    clearTimeout(this.relogio);
    this.mudou = false;
    this.parado = true;
    sujos.delete(this.formulario);
    setTimeout(() => { this.parado = false; }, 8000);
  }

  pedido(despedida = false) {
    const dados = new FormData(this.formulario);
    for (const [nome, valor] of [...dados]) if (valor instanceof File || nome === "chave") dados.delete(nome);
    return fetch(this.endereco, {
      method: "POST",
      body: new URLSearchParams(dados),
      redirect: "manual",
      keepalive: despedida,
      headers: { "X-CSRFToken": tokenDe(this.formulario), "X-Requested-With": "fetch", Accept: "application/json" },
    });
  }

  async salvar() {
    if (this.salvando) { this.relogio = setTimeout(() => this.salvar(), 500); return; }
    this.salvando = true;
    this.mudou = false;
    try {
      await this.interpretar(await this.pedido());
    } catch {
      this.falhou("Sem conexão. Seu texto continua nesta página; vamos salvar quando a conexão voltar.");
    } finally {
      this.salvando = false;
    }
  }

  async interpretar(resposta) {
    if (resposta.type === "opaqueredirect" || resposta.status === 401) return this.semSessao();
    if (resposta.status === 403 && !this.renovou) {
      this.renovou = true;
      if (await renovarToken().catch(() => false)) { this.mudou = true; this.relogio = setTimeout(() => this.salvar(), 100); return undefined; }
      return this.semSessao();
    }
    const json = resposta.headers.get("Content-Type")?.includes("json") ? await resposta.json() : {};
    if (json.conflito) return this.conflito(json);
    // It was sent or ended meanwhile: nothing more to try; the page that answers a save shows the text to be copied.
    if (resposta.status === 409 && json.erro) return this.tardeDemais(json.erro);
    if (!resposta.ok) return this.falhou("O portal não respondeu. Seu texto continua nesta página; vamos tentar de novo.");
    this.renovou = false;
    this.falhas = 0;
    calar();
    const versao = this.formulario.querySelector("input[name=versao]");
    if (versao && json.versao !== undefined) versao.value = json.versao;
    if (this.mudou) this.agendar(1500);
    else sujos.delete(this.formulario);
    // Another tab had saved a newer text meanwhile: it is kept, and here is the way to it.
    if (json.ver) this.outroTexto = json.ver;
    const outro = this.outroTexto ? [". Outra aba tinha outro texto. ", elemento("a", { href: this.outroTexto }, "Comparar")] : [];
    this.mostrar(`Rascunho salvo às ${json.salvo_em ?? "agora"}`, false, ...outro);
    if (this.continuar) {
      const { botao } = this.continuar;
      this.continuar = null;
      this.mudou = false;
      this.formulario.requestSubmit(botao ?? undefined);
    }
    return undefined;
  }

  async semSessao() {
    this.falhou("Sua sessão terminou. Entre de novo em outra aba; o texto desta página será salvo em seguida. ", entrarEmOutraAba());
    this.renovou = false;
  }

  falhou(texto, ...resto) {
    this.mudou = true;
    const espera = ESPERAS[Math.min(this.falhas, ESPERAS.length - 1)];
    this.falhas += 1;
    avisar(texto, ...resto);
    this.mostrar("Ainda não salvo", true);
    clearTimeout(this.relogio);
    this.relogio = setTimeout(() => this.salvar(), espera * 1000);
  }

  conflito(json) {
    this.parado = true;
    sujos.delete(this.formulario);
    calar();
    const resto = json.ver ? [" ", elemento("a", { href: json.ver }, "Ver as duas versões")] : [];
    this.mostrar(json.mensagem ?? "Outra pessoa mudou este texto ao mesmo tempo. Ao salvar, você verá as duas versões.", true, ...resto);
  }

  tardeDemais(texto) {
    this.parado = true;
    this.falhas = 0;
    calar();
    this.mostrar(texto, true);
    if (!this.continuar) return;
    const { botao } = this.continuar;
    this.continuar = null;
    this.formulario.requestSubmit(botao ?? undefined);
  }

  mostrar(texto, alerta = false, ...resto) {
    this.estado.classList.toggle("ig-rascunho-alerta", alerta);
    if (this.estado.firstChild?.textContent === texto && resto.length) return;
    this.estado.replaceChildren(texto, ...resto);
  }
}
todos("form[data-rascunho]").forEach((formulario) => new Rascunho(formulario));

// --- Municipality picker: WAI-ARIA combobox with list autocomplete over a plain text input ------------------------------
let quantos = 0;
class Municipios {
  constructor(campo) {
    this.campo = campo;
    this.codigo = campo.dataset.codigo ? document.getElementById(campo.dataset.codigo) : null;
    this.id = `municipios-${++quantos}`;
    this.lista = elemento("ul", { id: this.id, role: "listbox", "aria-label": "Municípios" });
    this.lista.hidden = true;
    this.aviso = elemento("div", { class: "visually-hidden", role: "status" });
    const caixa = elemento("div", { class: "ig-combo" });
    campo.before(caixa);
    caixa.append(campo, this.lista, this.aviso);
    for (const [nome, valor] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id })) campo.setAttribute(nome, valor);
    campo.addEventListener("input", () => { if (this.codigo) this.codigo.value = ""; clearTimeout(this.relogio); this.relogio = setTimeout(() => this.buscar(), 200); });
    campo.addEventListener("keydown", (evento) => this.tecla(evento));
    campo.addEventListener("blur", () => this.fechar());
    this.lista.addEventListener("mousedown", (evento) => {
      evento.preventDefault();
      const opcao = evento.target.closest("[role=option]");
      if (opcao) this.escolher(opcao);
    });
  }

  async buscar() {
    const texto = this.campo.value.trim();
    this.cancelar?.abort();
    if (texto.length < 2) { this.fechar(); return; }
    this.cancelar = new AbortController();
    try {
      const resposta = await fetch(`${this.campo.dataset.municipios}?q=${encodeURIComponent(texto)}`, { signal: this.cancelar.signal, headers: { Accept: "application/json" } });
      if (!resposta.ok) { this.fechar(); return; }
      const achados = await resposta.json();
      this.abrir(Array.isArray(achados) ? achados : achados.municipios ?? []);
    } catch { this.fechar(); }
  }

  abrir(achados) {
    if (document.activeElement !== this.campo) return;
    this.lista.replaceChildren(...achados.map((m, i) => {
      const opcao = elemento("li", { id: `${this.id}-${i}`, role: "option", "aria-selected": "false" }, m.nome);
      opcao.dataset.codigo = m.codigo;
      return opcao;
    }));
    this.lista.hidden = achados.length === 0;
    this.campo.setAttribute("aria-expanded", String(achados.length > 0));
    this.campo.removeAttribute("aria-activedescendant");
    this.aviso.textContent = achados.length === 1 ? "1 município encontrado" : `${achados.length || "Nenhum"} ${achados.length ? "municípios encontrados" : "município encontrado"}`;
  }

  fechar() {
    this.lista.hidden = true;
    this.campo.setAttribute("aria-expanded", "false");
    this.campo.removeAttribute("aria-activedescendant");
  }

  marcar(passo) {
    const opcoes = [...this.lista.children];
    if (!opcoes.length) return;
    const atual = opcoes.findIndex((o) => o.getAttribute("aria-selected") === "true");
    const nova = opcoes[(atual + passo + opcoes.length + (atual < 0 && passo < 0 ? 1 : 0)) % opcoes.length];
    opcoes.forEach((o) => o.setAttribute("aria-selected", String(o === nova)));
    this.campo.setAttribute("aria-activedescendant", nova.id);
    nova.scrollIntoView({ block: "nearest" });
  }

  tecla(evento) {
    const aberta = !this.lista.hidden;
    if (evento.key === "ArrowDown" || evento.key === "ArrowUp") {
      evento.preventDefault();
      if (aberta) this.marcar(evento.key === "ArrowDown" ? 1 : -1);
      else this.buscar();
    } else if (evento.key === "Enter" && aberta) {
      const marcada = this.lista.querySelector("[aria-selected=true]");
      if (marcada) { evento.preventDefault(); this.escolher(marcada); }
    } else if (evento.key === "Escape" && aberta) {
      evento.preventDefault();
      evento.stopPropagation();
      this.fechar();
    }
  }

  escolher(opcao) {
    this.campo.value = opcao.textContent;
    if (this.codigo) this.codigo.value = opcao.dataset.codigo;
    this.fechar();
    this.campo.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
todos("input[data-municipios]").forEach((campo) => new Municipios(campo));

// --- Rows of a formset: <div data-linhas="prefixo"> with [data-linha] rows, a <template data-linha-modelo> that holds the empty
//     form (__prefix__), a [data-adicionar] button and a [data-remover] button in each row. Without JS the same buttons submit.
function renumerar(caixa) {
  const prefixo = caixa.dataset.linhas;
  const linhas = todos("[data-linha]", caixa);
  const troca = new RegExp(`(?<![A-Za-z0-9])${prefixo}-\\d+-`);
  linhas.forEach((linha, i) => {
    for (const no of [linha, ...todos("*", linha)]) {
      for (const nome of ["name", "id", "for", "aria-describedby", "aria-labelledby", "data-codigo"]) {
        const valor = no.getAttribute(nome);
        if (valor) no.setAttribute(nome, valor.split(" ").map((parte) => parte.replace(troca, `${prefixo}-${i}-`)).join(" "));
      }
      if (no.matches("[data-numero]")) no.textContent = String(i + 1);
      if (no.matches("button[data-remover]")) no.value = `remover-${i}`;
    }
  });
  const total = document.getElementById(`id_${prefixo}-TOTAL_FORMS`);
  if (total) total.value = linhas.length;
  const maximo = Number(caixa.dataset.maximo ?? 1000);
  todos("[data-adicionar]", caixa).forEach((botao) => { botao.hidden = linhas.length >= maximo; });
  caixa.dispatchEvent(new CustomEvent("linhas", { bubbles: true }));
}
document.addEventListener("click", (evento) => {
  const botao = evento.target.closest("[data-adicionar], [data-remover]");
  const caixa = botao?.closest("[data-linhas]");
  if (!caixa) return;
  const modelo = caixa.querySelector("template[data-linha-modelo]");
  const linhas = todos("[data-linha]", caixa);
  if (botao.matches("[data-adicionar]")) {
    if (!modelo) return;
    evento.preventDefault();
    const html = modelo.innerHTML.replaceAll("__prefix__", String(linhas.length));
    const nova = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (linhas.length) linhas.at(-1).after(document.adoptNode(nova));
    else modelo.before(document.adoptNode(nova));
    renumerar(caixa);
    todos("input[data-municipios]", nova).forEach((campo) => new Municipios(campo));
    nova.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    return;
  }
  evento.preventDefault();
  const linha = botao.closest("[data-linha]");
  const apagar = linha.querySelector("input[name$='-DELETE']");
  const seguinte = linhas[linhas.indexOf(linha) + 1] ?? linhas[linhas.indexOf(linha) - 1];
  if (apagar) {
    apagar.checked = true;
    linha.hidden = true;
    caixa.dispatchEvent(new CustomEvent("linhas", { bubbles: true }));
  } else if (linhas.length === 1) {
    todos("input:not([type=hidden]), select, textarea", linha).forEach((campo) => { campo.value = ""; });
    caixa.dispatchEvent(new CustomEvent("linhas", { bubbles: true }));
  } else {
    linha.remove();
    renumerar(caixa);
  }
  (seguinte?.querySelector("input:not([type=hidden]), select") ?? caixa.querySelector("[data-adicionar]"))?.focus();
});

// --- Filters: nothing is sent by itself; printing is a button only where a script can do it ------------------------------
todos("[data-imprimir]").forEach((botao) => {
  botao.hidden = false;
  botao.addEventListener("click", () => window.print());
});

// --- Copying a text to the clipboard: a button only where a script can do it; the text itself is always there to be selected ----
todos("[data-copiar]").forEach((botao) => {
  const fonte = document.getElementById(botao.dataset.copiar);
  if (!fonte || !navigator.clipboard) return;
  const aviso = elemento("span", { class: "visually-hidden", role: "status" });
  const rotulo = botao.firstChild;
  const escrito = rotulo.textContent;
  botao.after(aviso);
  botao.hidden = false;
  botao.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(fonte.textContent);
      rotulo.textContent = "Copiado";
      aviso.textContent = "Configuração copiada";
    } catch {
      getSelection().selectAllChildren(fonte);
      aviso.textContent = "Não foi possível copiar: o texto está selecionado, use as teclas Ctrl e C";
    }
    setTimeout(() => { rotulo.textContent = escrito; aviso.textContent = ""; }, 4000);
  });
});
