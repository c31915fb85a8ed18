//! The findings in words.

use super::{Check, Finding, Severity};
use crate::Language;

impl Finding {
    /// One line: how bad, the clause, where, what.
    pub fn line(&self, language: Language) -> String {
        let (warning, error) = match language {
            Language::En => ("warning", "ERROR  "),
            Language::Fr => ("avis   ", "ERREUR "),
            Language::Pt => ("aviso  ", "ERRO   "),
        };
        let word = if self.severity == Severity::Error { error } else { warning };
        let at = if self.at.is_empty() { "-" } else { &self.at };
        let detail = if self.detail.is_empty() { String::new() } else { format!(": {}", self.detail) };
        format!("{word}  {}  {at}  {}{detail}", self.clause, self.check.text(language))
    }
}

impl Check {
    /// What is wrong, in words of that language.
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => en(self),
            Language::Fr => fr(self),
            Language::Pt => pt(self),
        }
    }
}

const fn en(check: Check) -> &'static str {
    match check {
        Check::NotAList => "it is neither a compact JWS, nor a JWS in JSON, nor LoTE JSON",
        Check::TrailingBytes => "there are bytes after its end",
        Check::NotJson => "a part is not JSON",
        Check::DuplicateMember => "an object has two members of one name",
        Check::Unsigned => "nobody signed it",
        Check::Algorithm => "the algorithm is not one that lists may be signed with",
        Check::SigningTime => "the header has no signing time (iat, whole seconds)",
        Check::ObsoleteSigningTime => "sigT is obsolete and must not stand beside iat",
        Check::CertificateReference => "exactly one of x5t#S256, x5t#o and sigX5ts names the signing certificate",
        Check::CertificateDigest => "x5t#S256 is not the SHA-256 of the first certificate of x5c",
        Check::CertificateMissing => "no certificate comes along in x5c",
        Check::Certificate => "the certificate in x5c cannot be read",
        Check::CriticalHeader => {
            "crit must name, once each, header members that are there and are understood: sigD, b64"
        }
        Check::Signature => "the signature does not verify with the key of the certificate",
        Check::SignerIsAuthority => "the signing certificate is a certification authority's",
        Check::SignerOrganisation => "the O of the signing certificate is none of SchemeOperatorName",
        Check::SignerCountry => "the C of the signing certificate is not SchemeTerritory",
        Check::SidecarDigest => "the digest published beside it is not its SHA-256",
        Check::MemberMissing => "a member that must be there is missing",
        Check::MemberUnknown => "the schema has no such member",
        Check::IdentityMisspelt => "the published schema lets this name pass by mistake, and readers skip it",
        Check::WrongType => "the value is of another type",
        Check::EmptyArray => "an array without elements is left out, not empty",
        Check::TimestampForm => "a time is written YYYY-MM-DDThh:mm:ssZ, without a fraction",
        Check::Version => "LoTEVersionIdentifier is not 1",
        Check::Sequence => "LoTESequenceNumber begins at 1",
        Check::LoteType => "LoTEType is not the one asked for",
        Check::LoteTypeUnknown => "this tool has no profile of that LoTEType",
        Check::OperatorEmail => "SchemeOperatorElectronicAddress has no mailto address",
        Check::OperatorWebsite => "SchemeOperatorElectronicAddress has no http or https address",
        Check::SchemeName => "SchemeName does not start with SchemeTerritory and a colon",
        Check::Territory => "SchemeTerritory is two capital letters",
        Check::PolicyMixed => "PolicyOrLegalNotice is all LoTEPolicy or all LoTELegalNotice",
        Check::SelfPointerMissing => {
            "this type of list points to itself with its signing certificates and application/jose"
        }
        Check::SelfPointerForbidden => "this type of list must not point to itself",
        Check::NextUpdateOrder => "NextUpdate is not after ListIssueDateTime",
        Check::NextUpdateFar => "NextUpdate is more than six months after ListIssueDateTime",
        Check::NextUpdatePast => "NextUpdate is past: the list must have been replaced",
        Check::IssuedInFuture => "ListIssueDateTime is in the future",
        Check::DistributionPoint => "DistributionPoints do not name the place it was fetched from",
        Check::EntityAddress => "TEElectronicAddress needs mailto, http(s) and tel",
        Check::ServiceType => "the type of service belongs to another type of list",
        Check::CertificateForm => "a certificate is DER in base64, without PEM lines",
        Check::Key => "the key cannot be used",
        Check::ServiceStatus => "this type of list has no such status",
        Check::ServiceTwice => "one key stands for services of one type with different statuses",
        Check::ExtensionCriticality => "an extension says whether it is Critical, as true or false",
        Check::CriticalExtension => "the critical extension is unknown: readers must refuse the list",
        Check::HistoryOrder => "ServiceHistory is newest first, and before the current status",
        Check::RefusedByClients => "clients of the region would refuse it",
    }
}

const fn fr(check: Check) -> &'static str {
    match check {
        Check::NotAList => "ce n'est ni un JWS compact, ni un JWS en JSON, ni du LoTE en JSON",
        Check::TrailingBytes => "il y a des octets après la fin",
        Check::NotJson => "une partie n'est pas du JSON",
        Check::DuplicateMember => "un objet a deux membres du même nom",
        Check::Unsigned => "personne ne l'a signée",
        Check::Algorithm => "l'algorithme n'est pas de ceux qui peuvent signer une liste",
        Check::SigningTime => "l'en-tête n'a pas de date de signature (iat, secondes entières)",
        Check::ObsoleteSigningTime => "sigT est obsolète et ne doit pas figurer à côté de iat",
        Check::CertificateReference => "exactement un de x5t#S256, x5t#o et sigX5ts nomme le certificat de signature",
        Check::CertificateDigest => "x5t#S256 n'est pas le SHA-256 du premier certificat de x5c",
        Check::CertificateMissing => "aucun certificat n'accompagne la liste dans x5c",
        Check::Certificate => "le certificat dans x5c est illisible",
        Check::CriticalHeader => {
            "crit doit nommer, une fois chacun, des membres présents et compris de l'en-tête : sigD, b64"
        }
        Check::Signature => "la signature ne se vérifie pas avec la clé du certificat",
        Check::SignerIsAuthority => "le certificat de signature est celui d'une autorité de certification",
        Check::SignerOrganisation => "le O du certificat de signature n'est aucun de SchemeOperatorName",
        Check::SignerCountry => "le C du certificat de signature n'est pas SchemeTerritory",
        Check::SidecarDigest => "le condensé publié à côté n'est pas son SHA-256",
        Check::MemberMissing => "un membre obligatoire manque",
        Check::MemberUnknown => "le schéma n'a pas ce membre",
        Check::IdentityMisspelt => "le schéma publié laisse passer ce nom par erreur, et les lecteurs l'ignorent",
        Check::WrongType => "la valeur est d'un autre type",
        Check::EmptyArray => "un tableau sans éléments est omis, pas vide",
        Check::TimestampForm => "une date s'écrit AAAA-MM-JJThh:mm:ssZ, sans fraction",
        Check::Version => "LoTEVersionIdentifier n'est pas 1",
        Check::Sequence => "LoTESequenceNumber commence à 1",
        Check::LoteType => "LoTEType n'est pas celui demandé",
        Check::LoteTypeUnknown => "cet outil n'a pas de profil de ce LoTEType",
        Check::OperatorEmail => "SchemeOperatorElectronicAddress n'a pas d'adresse mailto",
        Check::OperatorWebsite => "SchemeOperatorElectronicAddress n'a pas d'adresse http ou https",
        Check::SchemeName => "SchemeName ne commence pas par SchemeTerritory et deux-points",
        Check::Territory => "SchemeTerritory est formé de deux lettres majuscules",
        Check::PolicyMixed => "PolicyOrLegalNotice est entièrement LoTEPolicy ou entièrement LoTELegalNotice",
        Check::SelfPointerMissing => {
            "ce type de liste pointe vers elle-même avec ses certificats de signature et application/jose"
        }
        Check::SelfPointerForbidden => "ce type de liste ne doit pas pointer vers elle-même",
        Check::NextUpdateOrder => "NextUpdate n'est pas après ListIssueDateTime",
        Check::NextUpdateFar => "NextUpdate est plus de six mois après ListIssueDateTime",
        Check::NextUpdatePast => "NextUpdate est passé : la liste aurait dû être remplacée",
        Check::IssuedInFuture => "ListIssueDateTime est dans le futur",
        Check::DistributionPoint => "DistributionPoints ne nomme pas le lieu d'où elle vient",
        Check::EntityAddress => "TEElectronicAddress doit avoir mailto, http(s) et tel",
        Check::ServiceType => "le type de service appartient à un autre type de liste",
        Check::CertificateForm => "un certificat est du DER en base64, sans lignes PEM",
        Check::Key => "la clé est inutilisable",
        Check::ServiceStatus => "ce type de liste n'a pas ce statut",
        Check::ServiceTwice => "une clé représente des services d'un type avec des statuts différents",
        Check::ExtensionCriticality => "une extension dit si elle est Critical, par true ou false",
        Check::CriticalExtension => "l'extension critique est inconnue : les lecteurs doivent refuser la liste",
        Check::HistoryOrder => "ServiceHistory va du plus récent au plus ancien, avant le statut actuel",
        Check::RefusedByClients => "les clients de la région la refuseraient",
    }
}

const fn pt(check: Check) -> &'static str {
    match check {
        Check::NotAList => "não é um JWS compacto, nem um JWS em JSON, nem LoTE em JSON",
        Check::TrailingBytes => "há bytes depois do fim",
        Check::NotJson => "uma parte não é JSON",
        Check::DuplicateMember => "um objeto tem dois membros com o mesmo nome",
        Check::Unsigned => "ninguém a assinou",
        Check::Algorithm => "o algoritmo não é dos que podem assinar uma lista",
        Check::SigningTime => "o cabeçalho não tem data de assinatura (iat, segundos inteiros)",
        Check::ObsoleteSigningTime => "sigT está obsoleto e não deve figurar ao lado de iat",
        Check::CertificateReference => "exatamente um de x5t#S256, x5t#o e sigX5ts indica o certificado de assinatura",
        Check::CertificateDigest => "x5t#S256 não é o SHA-256 do primeiro certificado de x5c",
        Check::CertificateMissing => "nenhum certificado acompanha a lista em x5c",
        Check::Certificate => "o certificado em x5c é ilegível",
        Check::CriticalHeader => {
            "crit deve indicar, uma vez cada, membros presentes e compreendidos do cabeçalho: sigD, b64"
        }
        Check::Signature => "a assinatura não se verifica com a chave do certificado",
        Check::SignerIsAuthority => "o certificado de assinatura é de uma autoridade de certificação",
        Check::SignerOrganisation => "o O do certificado de assinatura não é nenhum de SchemeOperatorName",
        Check::SignerCountry => "o C do certificado de assinatura não é SchemeTerritory",
        Check::SidecarDigest => "o resumo publicado ao lado não é o seu SHA-256",
        Check::MemberMissing => "falta um membro obrigatório",
        Check::MemberUnknown => "o esquema não tem este membro",
        Check::IdentityMisspelt => "o esquema publicado deixa passar este nome por engano, e os leitores ignoram-no",
        Check::WrongType => "o valor é de outro tipo",
        Check::EmptyArray => "um vetor sem elementos é omitido, não vazio",
        Check::TimestampForm => "uma data escreve-se AAAA-MM-DDThh:mm:ssZ, sem fração",
        Check::Version => "LoTEVersionIdentifier não é 1",
        Check::Sequence => "LoTESequenceNumber começa em 1",
        Check::LoteType => "LoTEType não é o pedido",
        Check::LoteTypeUnknown => "esta ferramenta não tem perfil deste LoTEType",
        Check::OperatorEmail => "SchemeOperatorElectronicAddress não tem endereço mailto",
        Check::OperatorWebsite => "SchemeOperatorElectronicAddress não tem endereço http ou https",
        Check::SchemeName => "SchemeName não começa por SchemeTerritory e dois-pontos",
        Check::Territory => "SchemeTerritory é formado por duas letras maiúsculas",
        Check::PolicyMixed => "PolicyOrLegalNotice é todo LoTEPolicy ou todo LoTELegalNotice",
        Check::SelfPointerMissing => {
            "este tipo de lista aponta para si própria com os seus certificados de assinatura e application/jose"
        }
        Check::SelfPointerForbidden => "este tipo de lista não deve apontar para si própria",
        Check::NextUpdateOrder => "NextUpdate não é depois de ListIssueDateTime",
        Check::NextUpdateFar => "NextUpdate é mais de seis meses depois de ListIssueDateTime",
        Check::NextUpdatePast => "NextUpdate passou: a lista devia ter sido substituída",
        Check::IssuedInFuture => "ListIssueDateTime está no futuro",
        Check::DistributionPoint => "DistributionPoints não indica o lugar de onde foi obtida",
        Check::EntityAddress => "TEElectronicAddress precisa de mailto, http(s) e tel",
        Check::ServiceType => "o tipo de serviço pertence a outro tipo de lista",
        Check::CertificateForm => "um certificado é DER em base64, sem linhas PEM",
        Check::Key => "a chave não pode ser usada",
        Check::ServiceStatus => "este tipo de lista não tem este estado",
        Check::ServiceTwice => "uma chave representa serviços de um tipo com estados diferentes",
        Check::ExtensionCriticality => "uma extensão diz se é Critical, com true ou false",
        Check::CriticalExtension => "a extensão crítica é desconhecida: os leitores devem recusar a lista",
        Check::HistoryOrder => "ServiceHistory vai do mais recente ao mais antigo, antes do estado atual",
        Check::RefusedByClients => "os clientes da região recusá-la-iam",
    }
}
