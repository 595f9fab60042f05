"""The resource types of FHIR R4, and in which pass of an import each is written."""

R4 = frozenset(
    """
    Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
    BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
    CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
    FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
    Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
    MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
    Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole
    Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
    SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
    Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities
    TestReport TestScript ValueSet VerificationResult VisionPrescription
    """.split()
)

# What is referred to is written before what refers to it, in whichever order the files come.
PASSES: tuple[frozenset[str], ...] = (
    frozenset({"Organization", "Location", "Practitioner"}),
    frozenset({"Patient", "PractitionerRole", "Medication", "Specimen", "Device", "HealthcareService", "Group"}),
    frozenset({"RelatedPerson", "Encounter", "Schedule"}),
    frozenset({"Observation", "Condition", "Goal", "CareTeam", "Coverage", "Account", "ChargeItem", "Slot"}),
)
LAST_PASS = len(PASSES)
SWEEPS: tuple[range, ...] = (range(0, 2), range(2, LAST_PASS + 1))
"""The passes that one reading of the files serves: all charts are there before anything is filed in them."""
_PASS_OF = {fhir_type: number for number, types in enumerate(PASSES) for fhir_type in types}


def pass_of(fhir_type: object) -> int:
    """0 to LAST_PASS; what we do not know goes last."""
    return _PASS_OF.get(fhir_type, LAST_PASS) if isinstance(fhir_type, str) else LAST_PASS
