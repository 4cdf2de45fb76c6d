namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>A rule left out of <see cref="PlainRules"/> on purpose: the comparison with the engine must notice each.</summary>
public enum Planted
{
    Nothing,
    DeniesAreIgnored,
    DeniesOnItemsAreIgnored,
    ClosingLabelsAreIgnored,
    UnknownLabelsStayOpen,
    AuthorsAreTreatedAsOthers,
    DraftsCount,
    UnreadableConsentsAreSkipped,
    PermitsSpreadToEveryPurposeBelow,
    DeniesDoNotSpread,
    AgeIsIgnored,
    PeriodsAreIgnored,
    ResearchMayBeBundled,
    ProcessNotesMayBeBundled,
    ConsentsCompelRelease,
    PartsNameTheirWayAroundRelease,
    ClientsReadNotesThatWereNotReleased,
    ClientsUseReleasedNotesForAnything,
    RepresentativesReadJournals,
    SuspensionIsIgnored,
    EmergenciesOpenProcessNotes,
    DeniesHoldAgainstEmergencies,
    EmergenciesTakeAway,
    ImpliedTreatmentReachesEverything,
    StartReachesEveryCategory,
    OtherPartnersAreLetIn,
}
