"""Plain names of tests, each with one plain sentence. The laboratory's own words stand beside them on the page.

Sentences say what the test is about and never what a number means for the reader.
"""

from functools import lru_cache

from rules.tests import plain_name
from words.gettext import N_, _, reader

NAMES: dict[str, tuple[str, str]] = {
    # Sugar
    "glucose": (N_("Blood sugar (glucose)"), N_("This shows how much sugar is in your blood. Your body runs on it.")),
    "a1c": (
        N_("Three-month blood sugar (hemoglobin A1c)"),
        N_("This shows how high your blood sugar has been in the last three months."),
    ),
    # Kidneys and salts
    "egfr": (N_("Kidney filter rate (eGFR)"), N_("This shows how well your kidneys clean your blood.")),
    "urea": (N_("Urea nitrogen (BUN)"), N_("Urea is waste that your kidneys take out of the blood.")),
    "creatinine": (
        N_("Creatinine"),
        N_("Creatinine is waste from your muscles. Your kidneys take it out of the blood."),
    ),
    "calcium": (N_("Calcium"), N_("Calcium keeps bones strong. Muscles and nerves need it too.")),
    "sodium": (N_("Sodium"), N_("Sodium is a salt. It keeps the right amount of water in your body.")),
    "potassium": (N_("Potassium"), N_("Potassium is a salt. Your heart and muscles need it to work.")),
    "chloride": (N_("Chloride"), N_("Chloride is a salt. It helps keep the water in your body in balance.")),
    "carbon_dioxide": (
        N_("Carbon dioxide (bicarbonate)"),
        N_("This shows how your body keeps the acid in your blood in balance."),
    ),
    # Blood cells
    "hemoglobin": (N_("Hemoglobin"), N_("Hemoglobin carries oxygen in your blood.")),
    "hematocrit": (N_("Hematocrit"), N_("This shows how much of your blood is red blood cells.")),
    "red_cells": (N_("Red blood cell count"), N_("Red blood cells carry oxygen through your body.")),
    "white_cells": (N_("White blood cell count"), N_("White blood cells fight germs.")),
    "platelets": (N_("Platelet count"), N_("Platelets help a cut stop bleeding.")),
    "mcv": (N_("Red blood cell size (MCV)"), N_("This is how big your red blood cells are.")),
    "mch": (N_("Hemoglobin in each red cell (MCH)"), N_("This is how much hemoglobin one red blood cell holds.")),
    "mchc": (
        N_("Hemoglobin strength in red cells (MCHC)"),
        N_("This is how full of hemoglobin your red blood cells are."),
    ),
    "rdw": (
        N_("Red blood cell size spread (RDW)"),
        N_("This shows if your red blood cells are all about the same size."),
    ),
    "platelet_size": (N_("Platelet size (MPV)"), N_("This is how big your platelets are.")),
    "platelet_spread": (
        N_("Platelet size spread (PDW)"),
        N_("This shows if your platelets are all about the same size."),
    ),
    "neutrophils": (N_("Neutrophil count"), N_("These white blood cells are the first to fight germs.")),
    "neutrophil_share": (
        N_("Neutrophil share"),
        N_("This is the part of your white blood cells that are first to fight germs."),
    ),
    "lymphocytes": (N_("Lymphocyte count"), N_("These white blood cells know germs they have met before.")),
    "lymphocyte_share": (
        N_("Lymphocyte share"),
        N_("This is the part of your white blood cells that know germs they have met before."),
    ),
    "monocytes": (N_("Monocyte count"), N_("These white blood cells clear away germs and dead cells.")),
    "monocyte_share": (
        N_("Monocyte share"),
        N_("This is the part of your white blood cells that clear away germs and dead cells."),
    ),
    "eosinophils": (N_("Eosinophil count"), N_("These white blood cells act when you have an allergy.")),
    "eosinophil_share": (
        N_("Eosinophil share"),
        N_("This is the part of your white blood cells that act when you have an allergy."),
    ),
    "basophils": (
        N_("Basophil count"),
        N_("These are the rarest white blood cells. They act when you have an allergy."),
    ),
    "basophil_share": (
        N_("Basophil share"),
        N_("This is the part of your white blood cells that are the rarest kind."),
    ),
    "blood_count": (N_("Blood count (CBC)"), N_("This counts the cells in your blood.")),
    # Fats
    "cholesterol": (N_("Total cholesterol"), N_("Cholesterol is a fat in your blood. This counts all kinds of it.")),
    "hdl": (N_("HDL cholesterol"), N_("HDL takes fat out of your blood. Some call it the good kind.")),
    "ldl": (N_("LDL cholesterol"), N_("LDL can leave fat in your blood vessels. Some call it the bad kind.")),
    "triglycerides": (
        N_("Triglyceride level"),
        N_("This is a fat in your blood. It comes from food your body has not used yet."),
    ),
    "lipid_panel": (N_("Blood fats (lipid panel)"), N_("This checks the kinds of fat in your blood.")),
    # Liver and proteins
    "bilirubin": (N_("Bilirubin"), N_("Bilirubin is left over from old red blood cells. Your liver clears it away.")),
    "protein": (N_("Total protein"), N_("This is all the protein in your blood.")),
    "albumin": (N_("Albumin"), N_("Albumin is a protein that your liver makes. It holds water in your blood.")),
    "globulin": (N_("Globulin"), N_("Globulin is a group of proteins in your blood. Some of them fight germs.")),
    "alp": (N_("Alkaline phosphatase (ALP)"), N_("ALP comes from your liver and your bones.")),
    "alt": (N_("Liver enzyme ALT"), N_("ALT comes from your liver. It gets into the blood when liver cells are hurt.")),
    "ast": (
        N_("Liver enzyme AST"),
        N_("AST comes from your liver and muscles. It gets into the blood when cells are hurt."),
    ),
    # Heart, clotting, inflammation
    "d_dimer": (N_("D-dimer"), N_("D-dimer is left over when a blood clot breaks up.")),
    "ferritin": (N_("Ferritin"), N_("Ferritin shows how much iron your body has put by.")),
    "troponin": (N_("Troponin"), N_("Troponin gets into the blood when the heart muscle is hurt.")),
    "ldh": (N_("Lactate dehydrogenase (LDH)"), N_("LDH gets into the blood when cells are hurt.")),
    "ck": (N_("Creatine kinase (CK)"), N_("CK gets into the blood when muscles are hurt.")),
    "crp": (
        N_("C-reactive protein (CRP)"),
        N_("Your liver makes CRP when some part of the body is sore or fights germs."),
    ),
    "clotting_time": (N_("Clotting time (PT)"), N_("This is how long your blood takes to clot.")),
    "inr": (N_("Clotting number (INR)"), N_("This shows how fast your blood clots. It means the same in every lab.")),
    "procalcitonin": (N_("Procalcitonin"), N_("This goes up when the body fights some kinds of germs.")),
    # Others in blood
    "tsh": (N_("Thyroid signal (TSH)"), N_("TSH tells your thyroid gland how hard to work.")),
    "vitamin_d": (N_("Vitamin D"), N_("Vitamin D helps your bones stay strong.")),
    "vitamin_b12": (N_("Vitamin B12"), N_("Your nerves need vitamin B12. Your body makes blood with it.")),
    "folate": (N_("Folate"), N_("Folate is a vitamin. Your body makes blood with it.")),
    "iron": (N_("Iron"), N_("Your body needs iron to make blood.")),
    "psa": (N_("PSA (prostate test)"), N_("PSA comes from the prostate, a gland that men have.")),
    "basic_panel": (
        N_("Basic blood tests (metabolic panel)"),
        N_("These check your sugar, your salts and your kidneys."),
    ),
    "full_panel": (
        N_("Wider blood tests (metabolic panel)"),
        N_("These check your sugar, your salts, your kidneys and your liver."),
    ),
    # Urine, stool, swabs
    "urine_glucose": (N_("Sugar in urine"), N_("This shows if sugar gets into your urine.")),
    "urine_protein": (N_("Protein in urine"), N_("This shows if your kidneys let protein through.")),
    "urine_albumin_ratio": (
        N_("Albumin in urine"),
        N_("This shows if your kidneys let a protein called albumin through."),
    ),
    "urine_ph": (N_("Acid in urine (pH)"), N_("This shows how acid your urine is.")),
    "urine_density": (N_("Urine strength"), N_("This shows how much water is in your urine.")),
    "urine_culture": (N_("Urine culture"), N_("This looks for germs that grow in your urine.")),
    "urinalysis": (N_("Urine test"), N_("This looks at many things in your urine at once.")),
    "hidden_blood": (N_("Hidden blood in stool"), N_("This looks for blood in your stool that you can’t see.")),
    "covid": (N_("COVID-19 test"), N_("This looks for the germ that makes COVID-19.")),
    "flu_a": (N_("Flu A test"), N_("This looks for one kind of flu germ.")),
    "flu_b": (N_("Flu B test"), N_("This looks for one kind of flu germ.")),
    "rsv": (N_("RSV test"), N_("This looks for a germ called RSV. It gives people a cough and a cold.")),
    # Measured on the body
    "heart_rate": (N_("Heart rate"), N_("This is how many times your heart beats in a minute.")),
    "breathing_rate": (N_("Breathing rate"), N_("This is how many breaths you take in a minute.")),
    "weight": (N_("Weight"), N_("This is how heavy you are.")),
    "height": (N_("Height"), N_("This is how tall you are.")),
    "bmi": (N_("Body mass index (BMI)"), N_("This is your weight set against your height.")),
    "bmi_percentile": (
        N_("Body mass index beside other children"),
        N_("This shows where a child’s weight and height stand beside other children."),
    ),
    "weight_for_length": (
        N_("Weight for length beside other babies"),
        N_("This shows where a baby’s weight stands beside babies of the same length."),
    ),
    "head_percentile": (
        N_("Head size beside other children"),
        N_("This shows where the way around a child’s head stands beside other children."),
    ),
    "waist": (N_("Waist size"), N_("This is the way around your waist.")),
    "head_size": (N_("Head size"), N_("This is the way around a child’s head.")),
    "blood_pressure": (
        N_("Blood pressure"),
        N_("This is how hard your blood pushes. The first number is a heartbeat, the next is the rest."),
    ),
    "systolic": (N_("Upper blood pressure number"), N_("This is how hard your blood pushes when the heart beats.")),
    "diastolic": (N_("Lower blood pressure number"), N_("This is how hard your blood pushes when the heart rests.")),
    "oxygen": (N_("Oxygen in the blood"), N_("This shows how much oxygen your blood carries.")),
    "temperature": (N_("Temperature"), N_("This is how warm your body is.")),
    "oxygen_flow": (N_("Oxygen flow"), N_("This is how fast oxygen was given to you.")),
    "oxygen_given": (N_("Given oxygen level"), N_("This is how much oxygen was in the air you were given.")),
    "bone_density": (N_("Bone strength (bone density)"), N_("This shows how dense your bones are.")),
    # Answers
    "pain": (N_("Pain score (0 to 10)"), N_("This is how strong you said your pain was. 0 is no pain.")),
    "smoking": (N_("Smoking"), N_("This is what you said about smoking.")),
    "mood_score": (N_("Mood score (PHQ-9)"), N_("This adds up your answers about your mood.")),
    "worry_score": (N_("Worry score (GAD-7)"), N_("This adds up your answers about worry.")),
    "alcohol_score": (N_("Alcohol score (AUDIT-C)"), N_("This adds up your answers about drinking.")),
    "memory_score": (
        N_("Memory score (MMSE)"),
        N_("This adds up your answers to questions about memory and thinking."),
    ),
}


def name_of(codes: tuple[str, ...], laboratory: str = "") -> str:
    """The plain name where there is one, else the laboratory's own text."""
    return _plain(tuple(codes), reader().locale) or laboratory or _("Test without a name")


@lru_cache(maxsize=8192)
def _plain(codes: tuple[str, ...], locale: str) -> str:
    known = plain_name(codes)
    return _(NAMES[known.key][0]) if known else ""


def about(codes: tuple[str, ...]) -> str:
    """One plain sentence or two on what the test is; '' where we have none."""
    known = plain_name(codes)
    return _(NAMES[known.key][1]) if known else ""


def is_plain(codes: tuple[str, ...]) -> bool:
    """Whether the name is ours, so that the laboratory's stands beside it."""
    return plain_name(codes) is not None
