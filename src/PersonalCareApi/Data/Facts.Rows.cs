using System.Text.Json;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Data;

/// <content>The rows as they are stored, and what each means to a decision.</content>
internal sealed partial class Facts
{
    private sealed record VersionsRow
    {
        public required Guid ClientId { get; init; }

        public required Guid PartnerId { get; init; }

        public required long AccessVersion { get; init; }

        public required long PartnerAccessVersion { get; init; }

        public bool AreOf(RecordFacts record) =>
            record.PartnerId == PartnerId && record.AccessVersion == AccessVersion && record.PartnerAccessVersion == PartnerAccessVersion;
    }

    private sealed record RecordRow
    {
        public required Guid ClientId { get; init; }

        public required Guid PartnerId { get; init; }

        public required int Version { get; init; }

        public required long AccessVersion { get; init; }

        public required long PartnerAccessVersion { get; init; }

        public required byte[] Content { get; init; }

        public DateTimeOffset? ErasedAt { get; init; }

        public required string DefaultRule { get; init; }

        public required long Closing { get; init; }

        public required bool Part2Programme { get; init; }

        public required int AgeOfConsent { get; init; }

        public required string AgesByPurpose { get; init; }

        public PartnerRules Rules() => new()
        {
            // Anything but the one word that widens access is the rule that does not.
            Default = DefaultRule == "implied-treatment" ? Domain.Access.DefaultRule.ImpliedTreatment : Domain.Access.DefaultRule.OptIn,
            Closing = (Sensitivity)Closing,
            Part2Programme = Part2Programme,
            AgeOfConsent = AgeOfConsent,
            AgeOfConsentByPurpose = Ages(),
        };

        /// <summary>Null when it cannot be read: without a birth date the client counts as below every age of consent.</summary>
        public ClientContent? Client(ClientKeyRing ring)
        {
            try
            {
                return ring.Open<ClientContent>("client", ClientId, Version, Content);
            }
            catch (Exception failure) when (Unreadable.Is(failure))
            {
                return null;
            }
        }

        private Dictionary<PurposeOfUse, int> Ages()
        {
            var ages = new Dictionary<PurposeOfUse, int>();
            foreach (var (code, age) in JsonSerializer.Deserialize<Dictionary<string, int>>(AgesByPurpose, StoredJson.Options) ?? [])
            {
                if (PurposeOfUse.TryParse(code, out var purpose))
                {
                    ages[purpose] = age;
                }
            }

            return ages;
        }
    }

    private sealed record RelationshipRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required Guid PractitionerId { get; init; }

        public required string Role { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }

        public CareRelationship ToDomain() => new(Id, PractitionerId, Role, new Period(FromAt, UntilAt));
    }

    private sealed record RepresentativeRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required string Categories { get; init; }

        public required string Actions { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }

        public required bool EndsAtAgeOfConsent { get; init; }

        public Representation ToDomain() => new(
            Id, Known<DataCategory>(Categories, DataCategories.TryParse), Known<DataAction>(Actions, DataActions.TryParse),
            new Period(FromAt, UntilAt), Suspended: false, EndsAtAgeOfConsent);

        // A word this version does not know gives no authority.
        private static List<T> Known<T>(string words, ConsentWords.TryParse<string, T> parse)
        {
            var known = new List<T>();
            foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (parse(word, out var value))
                {
                    known.Add(value);
                }
            }

            return known;
        }
    }

    private sealed record SafeguardRow
    {
        public required Guid ClientId { get; init; }

        public required Guid RepresentativeId { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }
    }

    private sealed record RestrictionRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required string Categories { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public DateTimeOffset? UntilAt { get; init; }

        public Restriction ToDomain()
        {
            var words = Categories.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var known = new List<DataCategory>();
            foreach (var word in words)
            {
                if (DataCategories.TryParse(word, out var category))
                {
                    known.Add(category);
                }
            }

            // A word this version does not know may mean anything, so everything is closed.
            return new Restriction(Id, words.Length > 0 && known.Count == words.Length ? known : null, new Period(FromAt, UntilAt));
        }
    }

    private sealed record EmergencyRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required Guid PractitionerId { get; init; }

        public required DateTimeOffset FromAt { get; init; }

        public required DateTimeOffset UntilAt { get; init; }

        public EmergencyAccess ToDomain() => new(Id, PractitionerId, new Period(FromAt, UntilAt));
    }

    private sealed record ConsentRow
    {
        public required Guid Id { get; init; }

        public required Guid ClientId { get; init; }

        public required int Version { get; init; }

        public required string Status { get; init; }

        public required DateTimeOffset OccurredAt { get; init; }

        public required byte[] Content { get; init; }

        public RecordedConsent ToDomain(ClientKeyRing ring)
        {
            ConsentContent? content;
            try
            {
                content = ring.Open<ConsentContent>("consent", Id, Version, Content);
            }
            catch (Exception failure) when (Unreadable.Is(failure))
            {
                // Not skipped: without its provisions the engine denies everyone but the client.
                content = null;
            }

            return new RecordedConsent
            {
                Id = Id,
                Version = Version,
                Status = Status == "draft" ? ConsentStatus.Draft : ConsentStatus.Active,
                GivenAt = OccurredAt,
                Provisions = content?.ToDomain(),
                GivenOrAuthorisedByRepresentative = content?.GivenOrAuthorisedByRepresentative ?? false,
                ExplicitAct = content?.Evidence.Explicit ?? false,
            };
        }
    }
}
