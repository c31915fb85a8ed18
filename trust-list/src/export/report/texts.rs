//! The words of the report.

use crate::{Language, Level, ServiceStatus};

pub(super) const fn of(language: Language) -> &'static Texts {
    match language {
        Language::En => &EN,
        Language::Fr => &FR,
        Language::Pt => &PT,
    }
}

pub(super) struct Texts {
    pub(super) title: &'static str,
    pub(super) as_of: &'static str,
    pub(super) not_a_list: &'static str,
    pub(super) none: &'static str,
    pub(super) root: &'static str,
    pub(super) status: &'static str,
    pub(super) issued: &'static str,
    pub(super) expires: &'static str,
    pub(super) anchors: &'static str,
    pub(super) list: &'static str,
    pub(super) members: &'static str,
    pub(super) issuers: &'static str,
    pub(super) clients: &'static str,
    pub(super) recognitions: &'static str,
    pub(super) suspensions: &'static str,
    pub(super) notices: &'static str,
    pub(super) notice: &'static str,
    pub(super) in_force: &'static str,
    pub(super) by_order: &'static str,
    pub(super) statuses: [&'static str; 3],
    pub(super) levels: [&'static str; 3],
    pub(super) member_columns: [&'static str; 5],
    pub(super) issuer_columns: [&'static str; 6],
    pub(super) client_columns: [&'static str; 5],
    pub(super) recognition_columns: [&'static str; 7],
    pub(super) suspension_columns: [&'static str; 4],
}

impl Texts {
    pub(super) const fn status_word(&self, status: ServiceStatus) -> &'static str {
        let [granted, suspended, withdrawn] = self.statuses;
        match status {
            ServiceStatus::Granted => granted,
            ServiceStatus::Suspended => suspended,
            ServiceStatus::Withdrawn => withdrawn,
        }
    }

    pub(super) const fn level_word(&self, level: Level) -> &'static str {
        let [low, substantial, high] = self.levels;
        match level {
            Level::Low => low,
            Level::Substantial => substantial,
            Level::High => high,
        }
    }
}

const EN: Texts = Texts {
    title: "Trust lists of region",
    as_of: "As verified at",
    not_a_list: "This page informs; only the signed documents bind.",
    none: "None.",
    root: "Root",
    status: "Status document",
    issued: "Issued",
    expires: "Valid until",
    anchors: "Issuers that can be trusted",
    list: "List, number, SHA-256 (next update)",
    members: "Members",
    issuers: "Identity providers and credential issuers",
    clients: "Relying parties and country systems",
    recognitions: "Who recognises whom",
    suspensions: "Suspensions by order",
    notices: "Notices",
    notice: "Notice",
    in_force: "in force",
    by_order: "suspended by order",
    statuses: ["granted", "suspended", "withdrawn"],
    levels: ["low", "substantial", "high"],
    member_columns: ["Code", "Name", "State", "Issuers", "Clients"],
    issuer_columns: ["Id", "Name", "Organisation", "Status (since)", "Highest level", "Identifiers"],
    client_columns: ["Id", "Name", "Organisation", "Status (since)", "Client identifier"],
    recognition_columns: ["Recogniser", "Recognised", "Purpose", "Up to level", "From", "Until", "Legal basis"],
    suspension_columns: ["What", "Reason", "Since", "Ordered by"],
};

const FR: Texts = Texts {
    title: "Listes de confiance de la région",
    as_of: "État vérifié le",
    not_a_list: "Cette page informe ; seuls les documents signés font foi.",
    none: "Néant.",
    root: "Racine",
    status: "Document d’état",
    issued: "Émis le",
    expires: "Valable jusqu’au",
    anchors: "Émetteurs dignes de confiance",
    list: "Liste, numéro, SHA-256 (prochaine mise à jour)",
    members: "Membres",
    issuers: "Fournisseurs d’identité et émetteurs de justificatifs",
    clients: "Parties utilisatrices et systèmes des pays",
    recognitions: "Qui reconnaît qui",
    suspensions: "Suspensions par ordre",
    notices: "Avis",
    notice: "Avis",
    in_force: "en vigueur",
    by_order: "suspendu par ordre",
    statuses: ["accordé", "suspendu", "retiré"],
    levels: ["faible", "substantiel", "élevé"],
    member_columns: ["Code", "Nom", "État", "Émetteurs", "Clients"],
    issuer_columns: ["Id", "Nom", "Organisation", "Statut (depuis)", "Niveau maximal", "Identifiants"],
    client_columns: ["Id", "Nom", "Organisation", "Statut (depuis)", "Identifiant de client"],
    recognition_columns: [
        "Reconnaît",
        "Reconnu",
        "Finalité",
        "Jusqu’au niveau",
        "À partir du",
        "Jusqu’au",
        "Base légale",
    ],
    suspension_columns: ["Quoi", "Motif", "Depuis", "Ordonné par"],
};

const PT: Texts = Texts {
    title: "Listas de confiança da região",
    as_of: "Estado verificado em",
    not_a_list: "Esta página informa; só os documentos assinados fazem fé.",
    none: "Nenhum.",
    root: "Raiz",
    status: "Documento de estado",
    issued: "Emitido em",
    expires: "Válido até",
    anchors: "Emissores dignos de confiança",
    list: "Lista, número, SHA-256 (próxima atualização)",
    members: "Membros",
    issuers: "Fornecedores de identidade e emissores de credenciais",
    clients: "Partes utilizadoras e sistemas dos países",
    recognitions: "Quem reconhece quem",
    suspensions: "Suspensões por ordem",
    notices: "Avisos",
    notice: "Aviso",
    in_force: "em vigor",
    by_order: "suspenso por ordem",
    statuses: ["concedido", "suspenso", "retirado"],
    levels: ["baixo", "substancial", "elevado"],
    member_columns: ["Código", "Nome", "Estado", "Emissores", "Clientes"],
    issuer_columns: ["Id", "Nome", "Organização", "Estado (desde)", "Nível máximo", "Identificadores"],
    client_columns: ["Id", "Nome", "Organização", "Estado (desde)", "Identificador de cliente"],
    recognition_columns: ["Reconhece", "Reconhecido", "Finalidade", "Até ao nível", "Desde", "Até", "Base legal"],
    suspension_columns: ["O quê", "Motivo", "Desde", "Ordenado por"],
};
