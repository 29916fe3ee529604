"""The explorer as a user has it: its server, a browser, a saved file."""

import io
import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo as kgz
from keras_gan_zoo.control import explorer
from keras_gan_zoo.modalities import pictures

pytest.importorskip("streamlit", reason="the explore extra is missing")
webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium")
from selenium.common.exceptions import (  # noqa: E402
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
SECONDS = 120  # for a busy machine
MAIN_IMAGES = "[data-testid=stMain] img"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="no chromium with its chromedriver here",
    ),
]


@pytest.fixture
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("headless=new", "no-sandbox", "window-size=1280,940"):
        options.add_argument(f"--{argument}")
    folder = str(tmp_path / "downloads")
    options.add_experimental_option(
        "prefs", {"download.default_directory": folder}
    )
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    service = webdriver.ChromeService(DRIVER)
    driver = webdriver.Chrome(options, service)
    yield driver
    driver.quit()


@pytest.fixture
def address(request):
    """Of an explorer of the file that the test names, until its end."""
    file = request.param
    if not isinstance(file, str):
        file = file(request.getfixturevalue("tmp_path"))
    command = "keras_gan_zoo_cli", "explore", file, "--port=0", "--no-browser"
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = process.stdout.readline().split()[0]
        until(lambda: answers(f"{address}/_stcore/health"))
        yield address
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        process.wait()
    assert not answers(address)


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=10).status == 200
    except OSError:
        return False


def until(condition):
    """Waits for a condition to hold, and returns what it gives."""
    end = time.monotonic() + SECONDS
    while not (result := condition()):
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)
    return result


def seen(browser, num=1):
    """The bytes of the pictures on the page, once the page has settled."""

    def files(driver):
        if driver.find_elements(By.CSS_SELECTOR, '[data-stale="true"]'):
            return None
        images = driver.find_elements(By.CSS_SELECTOR, MAIN_IMAGES)
        found = [image.get_attribute("src") for image in images]
        return found if len(found) == num else None

    # The page may be drawn anew between two looks at it.
    wait = WebDriverWait(
        browser, SECONDS, ignored_exceptions=[StaleElementReferenceException]
    )
    return [
        urllib.request.urlopen(source).read() for source in wait.until(files)
    ]


def press(browser, text):
    path = f"//button[.//*[normalize-space(text())='{text}']]"
    WebDriverWait(browser, SECONDS).until(
        lambda driver: driver.find_elements(By.XPATH, path)
    )
    browser.find_element(By.XPATH, path).click()


def saved(tmp_path, name):
    """The bytes of the file that the browser has saved."""
    path = tmp_path / "downloads" / name
    until(path.exists)
    return path.read_bytes()


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png))).astype(int)


def hosts(browser):
    """Whom the page has asked for anything."""
    found = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        parameters = message["params"]
        if message["method"] == "Network.requestWillBeSent":
            found.add(parameters["request"]["url"])
        elif message["method"] == "Network.webSocketCreated":
            found.add(parameters["url"])
    return {
        urllib.parse.urlsplit(url).hostname
        for url in found
        if not url.startswith(("data:", "blob:", "chrome"))
    }


@pytest.mark.parametrize("address", ["conditional_gan_mnist_28"], indirect=True)
def test_a_class_is_chosen_and_saved(address, browser, tmp_path):
    gan = kgz.from_preset("conditional_gan_mnist_28")
    browser.get(address)
    (before,) = seen(browser)
    expected = pictures.encoded(explorer.images(gan), min_side=560)
    np.testing.assert_allclose(pixels(before), pixels(expected), atol=1)
    press(browser, "7")
    until(lambda: seen(browser) != [before])
    (after,) = seen(browser)
    expected = pictures.encoded(explorer.images(gan, labels=[7]), min_side=560)
    np.testing.assert_allclose(pixels(after), pixels(expected), atol=1)
    press(browser, "Save as PNG")
    assert saved(tmp_path, "conditional_gan_mnist_28.png") == after
    browser.save_screenshot(str(tmp_path / "explorer.png"))
    assert hosts(browser) == {explorer.ADDRESS}


def cyclegan(folder):
    gan = kgz.CycleGAN((8, 8, 3), filters=2, num_blocks=1, patch=1, pool_size=1)
    gan.save(folder / "cyclegan.keras")
    return folder / "cyclegan.keras"


@pytest.mark.parametrize("address", [cyclegan], indirect=True)
def test_a_picture_is_translated_and_saved(address, browser, tmp_path, rng):
    gan = kgz.load(tmp_path / "cyclegan.keras")
    picture = tmp_path / "picture.png"
    pictures.save(picture, rng.integers(0, 256, (8, 6, 3), "uint8"), min_side=1)
    browser.get(address)
    WebDriverWait(browser, SECONDS).until(
        lambda driver: driver.find_elements(By.CSS_SELECTOR, "[type=file]")
    )
    upload = browser.find_element(By.CSS_SELECTOR, "[type=file]")
    upload.send_keys(str(picture))
    before = seen(browser, num=2)
    press(browser, "from b to a")
    until(lambda: seen(browser, num=2) != before)
    press(browser, "Save as PNG")
    found = pixels(saved(tmp_path, "cyclegan.png"))
    _, expected = explorer.translation(gan, picture, to="a")
    np.testing.assert_allclose(found, expected.astype(int), atol=1)
    assert hosts(browser) == {explorer.ADDRESS}
